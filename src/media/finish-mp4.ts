/**
 * What the WASM encoder leaves undone in its files, for players: it counts
 * whole frames a second only, does not say which frames a player may begin at,
 * and puts the index behind the pictures, so that a browser has to have all of
 * a video before it shows the first frame.
 */

import type { FrameRate } from "./frame-rate.ts";

const BOX_HEADER_BYTES = 8;
const CONTAINERS = new Set(["moov", "trak", "mdia", "minf", "stbl"]);
/** NAL unit type of a picture that refers to no other one. */
const NAL_IDR = 5;
const NAL_SLICE = 1;

interface Box {
  readonly type: string;
  /** All of it, the 8 bytes of size and type included. */
  readonly bytes: Buffer;
}

/** What the boxes of the index are changed with. */
interface Changes {
  readonly rate: FrameRate;
  readonly frameCount: number;
  /** Numbers of the frames that stand alone, from 1. */
  readonly keyFrames: readonly number[];
  /** How far the pictures move in the file. */
  readonly shiftBytes: number;
}

/**
 * The file anew: its index first, exact frame rate, its key frames listed.
 * @param file MP4 of one H.264 track as `h264-mp4-encoder` makes it.
 */
export function finishMp4(file: Uint8Array, rate: FrameRate): Buffer {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const boxes = listBoxes(bytes);
  const [fileType, index, media] = ["ftyp", "moov", "mdat"].map((type) => find(boxes, type));
  const tables = listBoxes(descend(index!, ["trak", "mdia", "minf", "stbl"]));
  const sizes = readWords(find(tables, "stsz").bytes, 20);
  const mediaStart = find(tables, "stco").bytes.readUInt32BE(16);
  const keyFrames = findKeyFrames(bytes, mediaStart, sizes);
  const changes = { rate, frameCount: sizes.length, keyFrames, shiftBytes: 0 };
  const indexBytes = rebuild(index!, changes).length;
  const newStart = fileType!.bytes.length + indexBytes + BOX_HEADER_BYTES;
  const oldStart = media!.bytes.byteOffset - bytes.byteOffset + BOX_HEADER_BYTES;
  const newIndex = rebuild(index!, { ...changes, shiftBytes: newStart - oldStart });
  return Buffer.concat([fileType!.bytes, newIndex, media!.bytes]);
}

function listBoxes(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + BOX_HEADER_BYTES <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    if (size < BOX_HEADER_BYTES || at + size > bytes.length) throw unexpected();
    const type = bytes.toString("latin1", at + 4, at + BOX_HEADER_BYTES);
    boxes.push({ type, bytes: bytes.subarray(at, at + size) });
    at += size;
  }
  return boxes;
}

function find(boxes: readonly Box[], type: string): Box {
  const box = boxes.find((candidate) => candidate.type === type);
  if (box === undefined) throw unexpected();
  return box;
}

function descend(box: Box, path: readonly string[]): Buffer {
  let content = box.bytes.subarray(BOX_HEADER_BYTES);
  for (const type of path) {
    content = find(listBoxes(content), type).bytes.subarray(BOX_HEADER_BYTES);
  }
  return content;
}

function readWords(bytes: Buffer, from: number): number[] {
  const words: number[] = [];
  for (let at = from; at < bytes.length; at += 4) words.push(bytes.readUInt32BE(at));
  return words;
}

/** A sample is NAL units, each after its length; the first slice tells what the frame is. */
function findKeyFrames(file: Buffer, start: number, sizes: readonly number[]): number[] {
  const keyFrames: number[] = [];
  let sample = start;
  for (const [frame, size] of sizes.entries()) {
    for (let at = sample; at < sample + size; at += 4 + file.readUInt32BE(at)) {
      const type = file.readUInt8(at + 4) & 31;
      if (type === NAL_IDR) keyFrames.push(frame + 1);
      if (type === NAL_IDR || type === NAL_SLICE) break;
    }
    sample += size;
  }
  return keyFrames;
}

function rebuild(box: Box, changes: Changes): Buffer {
  if (CONTAINERS.has(box.type)) {
    const children = listBoxes(box.bytes.subarray(BOX_HEADER_BYTES));
    return makeBox(
      box.type,
      children.map((child) => rebuild(child, changes)),
    );
  }
  const { rate, frameCount, keyFrames, shiftBytes } = changes;
  const bytes = Buffer.from(box.bytes);
  const ticks = Math.min(frameCount * rate.seconds, 2 ** 32 - 1);
  switch (box.type) {
    case "mvhd":
    case "mdhd":
      // Made and changed at no time, so that the same frames make the same file.
      bytes.fill(0, 12, 20);
      bytes.writeUInt32BE(rate.frames, 20);
      bytes.writeUInt32BE(ticks, 24);
      return bytes;
    case "tkhd":
      bytes.fill(0, 12, 20);
      bytes.writeUInt32BE(ticks, 28);
      return bytes;
    case "stts":
      return Buffer.concat([
        makeBox("stts", [toWords([0, 1, frameCount, rate.seconds])]),
        makeBox("stss", [toWords([0, keyFrames.length, ...keyFrames])]),
      ]);
    case "stco":
      for (let at = 16; at < bytes.length; at += 4) {
        bytes.writeUInt32BE(bytes.readUInt32BE(at) + shiftBytes, at);
      }
      return bytes;
    default:
      return bytes;
  }
}

function makeBox(type: string, content: readonly Buffer[]): Buffer {
  const size = content.reduce((sum, part) => sum + part.length, BOX_HEADER_BYTES);
  return Buffer.concat([toWords([size]), Buffer.from(type, "latin1"), ...content]);
}

function toWords(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * words.length);
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word, 4 * index);
  return bytes;
}

function unexpected(): Error {
  return new Error("The H.264 encoder gave a file of another form than it used to.");
}

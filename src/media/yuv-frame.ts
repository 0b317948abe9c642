/**
 * Pixels as video encoders take them: brightness for each, colour for each two
 * by two (YUV 4:2:0, limited range). Players take untagged videos below 720
 * lines for BT.601 and others for BT.709, so that is what is written.
 */

/** Names the matrix, as `ffmpeg` does. */
export type YuvMatrix = "smpte170m" | "bt709";

/** Weights of red, green and blue in 256ths. */
type Weights = readonly [red: number, green: number, blue: number];

const MATRICES: Readonly<Record<YuvMatrix, readonly [y: Weights, u: Weights, v: Weights]>> = {
  smpte170m: [
    [66, 129, 25],
    [-38, -74, 112],
    [112, -94, -18],
  ],
  bt709: [
    [47, 157, 16],
    [-26, -86, 112],
    [112, -102, -10],
  ],
};

export function yuvMatrixOf(height: number): YuvMatrix {
  return height < 720 ? "smpte170m" : "bt709";
}

/** Bytes of a frame of even width and height. */
export function yuvBytes(width: number, height: number): number {
  return (width * height * 3) / 2;
}

/**
 * Fills `target` with the frame whose planes are grey, or red, green and blue.
 * @param planes `channels × height × width`, both sizes even.
 * @param target {@link yuvBytes} long.
 */
export function fillYuv(
  planes: Uint8Array,
  channels: 1 | 3,
  width: number,
  height: number,
  target: Uint8Array,
): void {
  const pixels = width * height;
  if (channels === 1) {
    for (let at = 0; at < pixels; at += 1) target[at] = ((planes[at]! * 220 + 128) >> 8) + 16;
    target.fill(128, pixels);
    return;
  }
  const [y, u, v] = MATRICES[yuvMatrixOf(height)];
  fillBrightness(planes, pixels, y, target);
  fillColour(planes, width, height, u, target.subarray(pixels));
  fillColour(planes, width, height, v, target.subarray(pixels + pixels / 4));
}

function fillBrightness(
  planes: Uint8Array,
  pixels: number,
  [red, green, blue]: Weights,
  target: Uint8Array,
): void {
  for (let at = 0; at < pixels; at += 1) {
    const sum =
      red * planes[at]! + green * planes[at + pixels]! + blue * planes[at + 2 * pixels]! + 128;
    target[at] = (sum >> 8) + 16;
  }
}

/** Of the mean of each two by two pixels. */
function fillColour(
  planes: Uint8Array,
  width: number,
  height: number,
  [red, green, blue]: Weights,
  target: Uint8Array,
): void {
  const pixels = width * height;
  let to = 0;
  for (let row = 0; row < pixels; row += 2 * width) {
    for (let at = row; at < row + width; at += 2) {
      const sum =
        red * sumOfFour(planes, at, width) +
        green * sumOfFour(planes, at + pixels, width) +
        blue * sumOfFour(planes, at + 2 * pixels, width);
      target[to] = ((sum + 512) >> 10) + 128;
      to += 1;
    }
  }
}

function sumOfFour(plane: Uint8Array, at: number, width: number): number {
  return plane[at]! + plane[at + 1]! + plane[at + width]! + plane[at + width + 1]!;
}

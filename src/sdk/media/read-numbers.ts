/** Numbers from whatever a script has them in: arrays, tensors, views, canvases. Nothing is imported to know them. */

import { TrackioError } from "../../protocol/errors.ts";
import type { Canvas, Ndarray, PixelData, Tensor } from "./media-values.ts";
import { flattenArrays, numberOf } from "./nested-numbers.ts";
import {
  BOOLEANS,
  isTypedArray,
  type NumberGrid,
  type NumberList,
  PLAIN,
  readShape,
  showShape,
  sizeOf,
  typeName,
  withShape,
} from "./number-grid.ts";

/**
 * @param shape How the numbers of a typed or flat array stand, where the script says so.
 * @returns Undefined where the value is nothing that holds numbers.
 * @throws {@link TrackioError} `invalid_argument` where it is, but cannot be read.
 */
export function readNumbers(value: unknown, shape: unknown): NumberGrid | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isTensor(value)) return readTensor(value);
  if (isNdarray(value)) return readNdarray(value);
  if (isTypedArray(value)) return readTypedArray(value, shape ?? Reflect.get(value, "shape"));
  if (Array.isArray(value)) {
    const grid = flattenArrays(value);
    return shape === undefined ? grid : withShape(grid, shape);
  }
  if (isContext(value)) return readCanvas(value.canvas, value);
  if (isCanvas(value)) return readCanvas(value, value.getContext("2d"));
  return isPixelData(value) ? readPixelData(value) : undefined;
}

/** Whether a typed array holds numbers: bytes without a shape are a file. */
export function isNumberArray(value: unknown, shape: unknown): boolean {
  if (!isTypedArray(value)) return false;
  return typeName(value) !== "uint8" || (shape ?? Reflect.get(value, "shape")) !== undefined;
}

function readTypedArray(numbers: NumberList & object, shape: unknown): NumberGrid {
  const grid = { numbers, shape: [numbers.length], type: typeName(numbers) };
  if (shape !== undefined) return withShape(grid, shape);
  throw new TrackioError(
    "invalid_argument",
    `These are ${numbers.length} numbers (${grid.type}) in no known shape; give it, e.g. { shape: [28, 28, 3] }.`,
  );
}

function isTensor(value: object): value is Tensor {
  const { dataSync, shape } = value as Partial<Tensor>;
  return typeof dataSync === "function" && Array.isArray(shape);
}

function readTensor(tensor: Tensor): NumberGrid {
  const { dtype, shape } = tensor;
  if ((tensor as { readonly isDisposed?: boolean }).isDisposed === true) {
    throw new TrackioError(
      "invalid_argument",
      `This tensor in shape ${showShape(shape)} is disposed; log it before that, or take it out of tf.tidy() by tf.keep().`,
    );
  }
  const numbers = tensor.dataSync();
  if (!isTypedArray(numbers) || dtype === "complex64") {
    throw new TrackioError("invalid_argument", `This tensor holds ${dtype}, which is no number.`);
  }
  const type = dtype === "bool" ? BOOLEANS : typeName(numbers);
  // A number has the shape [].
  return shape.length === 0 ? { numbers, type, shape } : withShape({ numbers, type, shape }, shape);
}

function isNdarray(value: object): value is Ndarray {
  const { data, shape, stride, offset } = value as Partial<Ndarray>;
  return (
    typeof data === "object" &&
    data !== null &&
    Array.isArray(shape) &&
    Array.isArray(stride) &&
    stride.length === shape.length &&
    typeof offset === "number"
  );
}

function readNdarray({ data, shape: given, stride, offset }: Ndarray): NumberGrid {
  const shape = readShape(given);
  const size = sizeOf(shape);
  const type = typeName(data);
  if (isTypedArray(data) && isDense(shape, stride) && offset + size <= data.length) {
    return { numbers: (data as Uint8Array).subarray(offset, offset + size), shape, type };
  }
  const get: unknown = Reflect.get(data, "get");
  const list = data as ArrayLike<unknown>;
  const read =
    typeof get === "function" ? (i: number) => get.call(data, i) : (i: number) => list[i];
  const numbers = new Float64Array(size);
  let at = 0;
  const gather = (dimension: number, from: number): void => {
    const length = shape[dimension] as number;
    const step = stride[dimension] as number;
    for (let i = 0; i < length; i += 1) {
      const place = from + i * step;
      if (dimension < shape.length - 1) gather(dimension + 1, place);
      else numbers[at++] = numberOf(read(place));
    }
  };
  if (size > 0) gather(0, offset);
  return { numbers, shape, type };
}

/** Whether the numbers stand one after the other. */
function isDense(shape: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i -= 1) {
    if (stride[i] !== expected && (shape[i] as number) > 1) return false;
    expected *= shape[i] as number;
  }
  return true;
}

function isContext(value: object): value is { readonly canvas: Canvas } {
  const { getImageData, canvas } = value as { getImageData?: unknown; canvas?: unknown };
  return typeof getImageData === "function" && typeof canvas === "object" && canvas !== null;
}

function isCanvas(value: object): value is Canvas {
  return typeof (value as Partial<Canvas>).getContext === "function";
}

function readCanvas({ width, height }: Canvas, context: unknown): NumberGrid {
  const { getImageData } = (context ?? {}) as { getImageData?: unknown };
  if (typeof getImageData !== "function") {
    throw new TrackioError(
      "invalid_argument",
      "This canvas has no 2d context to read its pixels by; give the bytes of a PNG of it.",
    );
  }
  // One without an area throws where it is asked for its pixels.
  if (!(width > 0 && height > 0)) return { numbers: [], shape: [height, width, 4], type: "uint8" };
  return readPixelData(getImageData.call(context, 0, 0, width, height) as PixelData);
}

function isPixelData(value: object): value is PixelData {
  const { data, width, height } = value as Partial<PixelData>;
  const hasList = Array.isArray(data) || isTypedArray(data);
  return hasList && typeof width === "number" && typeof height === "number";
}

function readPixelData({ data, width, height, channels }: PixelData): NumberGrid {
  const found = channels ?? data.length / (width * height);
  const numbers = Array.isArray(data) ? flattenArrays(data).numbers : data;
  const grid = {
    numbers,
    shape: [data.length],
    type: Array.isArray(data) ? PLAIN : typeName(data),
  };
  // Where they are no whole number of pixels, the message says how many there should be.
  return withShape(grid, [height, width, Number.isInteger(found) ? found : 4]);
}

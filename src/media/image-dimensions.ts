/** Width and height of a picture, from its header. */

import type { imageSize } from "image-size";

/**
 * Pixels of an encoded picture as it is shown, turned as its EXIF says; undefined
 * where its header does not tell. Only the header is read. Loads `image-size`
 * when first called.
 * @param bytes All of the picture, or as much of its beginning as there is.
 */
export function readImageDimensions(
  bytes: Uint8Array,
): { readonly width: number; readonly height: number } | undefined {
  const module = process.getBuiltinModule("node:module");
  const library = module.createRequire(import.meta.url)("image-size") as {
    readonly imageSize: typeof imageSize;
  };
  try {
    const { width, height, orientation = 1 } = library.imageSize(bytes);
    if (!(width > 0 && height > 0)) return undefined;
    // From 5 on the picture lies on its side.
    return orientation >= 5 ? { width: height, height: width } : { width, height };
  } catch {
    // Cut short, or a format that it does not know: the page finds out when it shows the picture.
    return undefined;
  }
}

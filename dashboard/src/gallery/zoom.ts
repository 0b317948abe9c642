/** Where a picture lies on its stage: fitted, or at a scale and a place that a person chose. Pure: numbers in, numbers out. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `fit`, or CSS pixels for each pixel of the picture, and where its middle lies, seen from the middle of the stage. */
export type Zoom = "fit" | { readonly scale: number; readonly x: number; readonly y: number };

const MOST_SCALE = 64;
/** A fitted picture leaves this share of the stage free. */
const FIT_SHARE = 0.88;
/** Small pictures are enlarged to fit, so far at most. */
const MOST_FIT_SCALE = 24;

export function fitScale(picture: Size, stage: Size): number {
  const { width, height } = picture;
  if (!(width > 0 && height > 0 && stage.width > 0 && stage.height > 0)) return 1;
  const whole = Math.min(stage.width / width, (stage.height * FIT_SHARE) / height);
  return Math.min(whole, MOST_FIT_SCALE);
}

export function scaleOf(zoom: Zoom, picture: Size, stage: Size): number {
  return zoom === "fit" ? fitScale(picture, stage) : zoom.scale;
}

/** Enlarges by `factor`; what lies under `at`, seen from the middle of the stage, stays under it. */
export function zoomBy(zoom: Zoom, factor: number, at: Point, picture: Size, stage: Size): Zoom {
  const fit = fitScale(picture, stage);
  const old = zoom === "fit" ? { scale: fit, x: 0, y: 0 } : zoom;
  const least = Math.min(fit, 1) / 4;
  const scale = Math.max(least, Math.min(MOST_SCALE, old.scale * factor));
  const ratio = scale / old.scale;
  return bounded(
    { scale, x: at.x - (at.x - old.x) * ratio, y: at.y - (at.y - old.y) * ratio },
    picture,
    stage,
  );
}

export function panBy(zoom: Zoom, by: Point, picture: Size, stage: Size): Zoom {
  const old = zoom === "fit" ? { scale: fitScale(picture, stage), x: 0, y: 0 } : zoom;
  return bounded({ ...old, x: old.x + by.x, y: old.y + by.y }, picture, stage);
}

/** Fitted becomes 100 %, with what is under `at` kept there; anything else becomes fitted. */
export function switchFit(zoom: Zoom, at: Point, picture: Size, stage: Size): Zoom {
  if (zoom !== "fit") return "fit";
  return zoomBy("fit", 1 / fitScale(picture, stage), at, picture, stage);
}

/** A picture is never pushed off the stage: its edge may come to the middle, not beyond. */
function bounded(zoom: Exclude<Zoom, "fit">, picture: Size, stage: Size): Zoom {
  const reach = (size: number, room: number) =>
    Math.max(0, (size * zoom.scale + room) / 2 - room / 2);
  const clamp = (value: number, most: number) => Math.max(-most, Math.min(most, value));
  return {
    scale: zoom.scale,
    x: clamp(zoom.x, reach(picture.width, stage.width)),
    y: clamp(zoom.y, reach(picture.height, stage.height)),
  };
}

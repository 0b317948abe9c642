/** A picture that is zoomed and moved: wheel and fingers at the place they point at, `+` `−` `0`, drag, double click. */

import { createEffect, createMemo, createSignal, on, onCleanup, onMount } from "solid-js";
import type { ImageFields } from "../../../src/protocol/media.ts";
import type { MediaItem } from "../state/step-items.ts";
import { BlobImage } from "./blob-image.tsx";
import { type Point, panBy, type Size, scaleOf, switchFit, type Zoom, zoomBy } from "./zoom.ts";

export interface ZoomStageProps {
  readonly item: MediaItem;
  readonly label: string;
  /** How large it is shown, as a text. */
  readonly tellPercent: (percent: string) => void;
  readonly tellSize: (size: Size & { readonly blob: string }) => void;
}

const KEY_FACTOR = 1.4;
const WHEEL_SPEED = 0.002;
/** A vector picture that does not say how large it is. */
const UNKNOWN: Size = { width: 512, height: 512 };

export function ZoomStage(props: ZoomStageProps) {
  let stage!: HTMLDivElement;
  const [zoom, setZoom] = createSignal<Zoom>("fit");
  const [room, setRoom] = createSignal<Size>({ width: 0, height: 0 });
  const [loaded, setLoaded] = createSignal<Size | undefined>();
  const picture = createMemo<Size>(() => {
    const { width, height } = props.item.fields as ImageFields;
    return width && height ? { width, height } : (loaded() ?? UNKNOWN);
  });
  const scale = createMemo(() => scaleOf(zoom(), picture(), room()));
  createEffect(() => props.tellPercent(`${Math.round(scale() * 100)} %`));
  // Another picture of the same size keeps zoom and place, so that two can be compared by eye.
  const shape = createMemo(() => `${picture().width} × ${picture().height}`);
  createEffect(on(shape, () => setZoom("fit")));

  const middle = (event: { clientX: number; clientY: number }): Point => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    return { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 };
  };
  const enlarge = (factor: number, at: Point) =>
    setZoom((old) => zoomBy(old, factor, at, picture(), room()));
  const fingers = new Map<number, Point>();
  const onPointerMove = (event: PointerEvent) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = middle(event);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, now);
    if (!other) {
      setZoom((old) => panBy(old, { x: now.x - before.x, y: now.y - before.y }, picture(), room()));
      return;
    }
    const apart = (a: Point) => Math.max(1, Math.hypot(a.x - other.x, a.y - other.y));
    const between = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    enlarge(apart(now) / apart(before), between);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") enlarge(KEY_FACTOR, { x: 0, y: 0 });
    else if (event.key === "-" || event.key === "−") enlarge(1 / KEY_FACTOR, { x: 0, y: 0 });
    else if (event.key === "0") setZoom("fit");
    else if (event.key === "1") setZoom({ scale: 1, x: 0, y: 0 });
    else return;
    event.preventDefault();
  };
  onMount(() => {
    const observer = new ResizeObserver(() =>
      setRoom({ width: stage.clientWidth, height: stage.clientHeight }),
    );
    observer.observe(stage);
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      enlarge(Math.exp(-event.deltaY * WHEEL_SPEED), middle(event));
    };
    stage.addEventListener("wheel", onWheel, { passive: false });
    const dialog = stage.closest("dialog") ?? stage;
    dialog.addEventListener("keydown", onKeyDown as EventListener);
    onCleanup(() => {
      observer.disconnect();
      dialog.removeEventListener("keydown", onKeyDown as EventListener);
    });
  });
  const lift = (event: PointerEvent) => fingers.delete(event.pointerId);
  const place = () => {
    const now = zoom();
    const { x, y } = now === "fit" ? { x: 0, y: 0 } : now;
    return {
      // A strip of one pixel's width is seen however far it is shrunk.
      width: `${Math.max(1, picture().width * scale())}px`,
      height: `${Math.max(1, picture().height * scale())}px`,
      transform: `translate(${x}px, ${y}px)`,
    };
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what pointers do here, keys of the dialog do too
    <div
      ref={stage}
      class="zoom-stage"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        stage.setPointerCapture(event.pointerId);
        fingers.set(event.pointerId, middle(event));
      }}
      onPointerMove={onPointerMove}
      onPointerUp={lift}
      onPointerCancel={lift}
      onDblClick={(event) => {
        const at = middle(event);
        setZoom((old) => switchFit(old, at, picture(), room()));
      }}
    >
      <span class="zoomed" style={place()}>
        <BlobImage
          file={props.item.fields}
          alt={props.label}
          isEnlarged={scale() > 1}
          loaded={({ naturalWidth: width, naturalHeight: height }) => {
            if (!(width > 0 && height > 0)) return;
            setLoaded({ width, height });
            props.tellSize({ blob: props.item.fields.blob, width, height });
          }}
        />
      </span>
    </div>
  );
}

/** Where the tooltip stands, in CSS pixels of the window: near the cursor, never over it. */

const GAP_PX = 16;
const EDGE_PX = 8;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Right of the cursor, else left of it; where neither has room, as on a phone, above or below. */
export function placeTip(
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
  tip: Size,
  window: Size,
): { readonly left: number; readonly top: number } {
  const mostLeft = window.width - tip.width - EDGE_PX;
  const mostTop = window.height - tip.height - EDGE_PX;
  const within = (value: number, most: number) => Math.max(EDGE_PX, Math.min(most, value));
  const beside = within(clientY - tip.height / 2, mostTop);
  if (clientX + GAP_PX <= mostLeft) return { left: clientX + GAP_PX, top: beside };
  const left = clientX - GAP_PX - tip.width;
  if (left >= EDGE_PX) return { left, top: beside };
  const above = clientY - GAP_PX - tip.height;
  const top = above >= EDGE_PX ? above : Math.max(clientY + GAP_PX, 0);
  return { left: within(clientX - tip.width / 2, mostLeft), top };
}

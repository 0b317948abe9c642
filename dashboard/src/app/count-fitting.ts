/**
 * How many names stand whole in one line of `roomPx`: all of `total`, or those that leave room for telling how many there
 * are besides. All in CSS pixels.
 * @param widthsPx Of the names that may be shown, in their order.
 * @param restPx What the words for the rest need, with the gap before them.
 */
export function countFitting(
  widthsPx: readonly number[],
  gapPx: number,
  roomPx: number,
  restPx: number,
  total: number,
): number {
  let endPx = -gapPx;
  const endsPx = widthsPx.map((widthPx) => {
    endPx += widthPx + gapPx;
    return endPx;
  });
  const fits = (limitPx: number) => endsPx.filter((end) => end <= limitPx).length;
  return fits(roomPx) >= total ? total : fits(roomPx - restPx);
}

/** The width of a text in the page's own type, in CSS pixels. */

let context: CanvasRenderingContext2D | null | undefined;
/** Without a canvas, about so many pixels a letter. */
const LETTER_PX = 6.5;

export function measureText(text: string): number {
  if (context === undefined) {
    context = document.createElement("canvas").getContext("2d");
    const { font } = getComputedStyle(document.body);
    if (context) context.font = font;
  }
  return context?.measureText(text).width ?? text.length * LETTER_PX;
}

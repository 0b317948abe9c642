/** The width of texts in the page's own type, in CSS pixels. */

let context: CanvasRenderingContext2D | null | undefined;
let probe: HTMLElement | undefined;

/** The width of the widest of `texts`: found on a canvas, which is fast, and measured in the document, which is what counts. */
export function widestText(texts: readonly string[], isStrong = false): number {
  if (context === undefined) {
    context = document.createElement("canvas").getContext("2d");
    if (context) context.font = getComputedStyle(document.body).font;
  }
  const widthOf = (text: string) => context?.measureText(text).width ?? text.length;
  let widest = "";
  let most = 0;
  for (const text of texts) {
    const width = widthOf(text);
    if (width > most) [widest, most] = [text, width];
  }
  return widest === "" ? 0 : inDocument(widest, isStrong);
}

function inDocument(text: string, isStrong: boolean): number {
  if (probe === undefined) {
    probe = document.createElement("span");
    probe.className = "text-probe";
    probe.ariaHidden = "true";
    document.body.append(probe);
  }
  probe.classList.toggle("strong", isStrong);
  probe.textContent = text;
  const { width } = probe.getBoundingClientRect();
  probe.textContent = "";
  return Math.ceil(width);
}

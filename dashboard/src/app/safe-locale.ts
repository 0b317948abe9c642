/**
 * A browser started with the C locale calls its language `en-US@posix`, which
 * is no language tag: uPlot hands it to Intl while being imported, and the page
 * would stay empty. To be called before anything imports uPlot.
 */
export function useSafeLocale(): void {
  try {
    new Intl.NumberFormat(navigator.language);
  } catch {
    Object.defineProperty(navigator, "language", { value: "en-US", configurable: true });
  }
}

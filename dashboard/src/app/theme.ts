/** Light or dark: the address wins (`?__theme=`), then what was chosen here before, then the system. */

import { createSignal, onCleanup } from "solid-js";
import { forgetChartTheme } from "../charts/chart-theme.ts";

const STORED = "trackio-theme";

const [themeVersion, setThemeVersion] = createSignal(0);

/** Counts changes of the theme: what is drawn by hand draws again when it rises. */
export { themeVersion };

/** Sets the theme of the page and follows the system's. To be called once, inside a root. */
export function followTheme(): void {
  const given = new URLSearchParams(location.search).get("__theme");
  const chosen = given === null ? storedTheme() : given === "dark" ? "dark" : "light";
  if (chosen) document.documentElement.dataset.theme = chosen;
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", announce);
  onCleanup(() => system.removeEventListener("change", announce));
}

export function switchTheme(): void {
  const next = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  const address = new URL(location.href);
  // What the address says goes before what is stored: it has to follow.
  if (address.searchParams.has("__theme")) {
    address.searchParams.set("__theme", next);
    history.replaceState(history.state, "", address);
  }
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // A frame in another site may have no storage: the choice then lasts as long as the page.
  }
  announce();
}

/** What the address or a person chose; undefined: as the system has it. */
export function chosenTheme(): "light" | "dark" | undefined {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "dark" || chosen === "light" ? chosen : undefined;
}

function isDark(): boolean {
  const set = document.documentElement.dataset.theme;
  return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function storedTheme(): "light" | "dark" | undefined {
  try {
    const stored = localStorage.getItem(STORED);
    return stored === "dark" || stored === "light" ? stored : undefined;
  } catch {
    return undefined;
  }
}

function announce(): void {
  forgetChartTheme();
  setThemeVersion((version) => version + 1);
}

import { render } from "solid-js/web";
import { App } from "./app.tsx";

export function start(): void {
  const root = document.getElementById("root");
  if (root) render(() => <App />, root);
}

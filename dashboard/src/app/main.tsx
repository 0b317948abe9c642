import { render } from "solid-js/web";
import "../styles/tokens.css";
import "uplot/dist/uPlot.min.css";
import "../styles/components.css";
import "../styles/app.css";
import "../styles/gallery.css";
import "../styles/tables.css";
import { App } from "./app.tsx";
import { keepSecrets } from "./secrets.ts";

keepSecrets();
const root = document.getElementById("root");
if (root) render(() => <App />, root);

import "../styles/tokens.css";
import "uplot/dist/uPlot.min.css";
import "../styles/components.css";
import "../styles/app.css";
import { useSafeLocale } from "./safe-locale.ts";

useSafeLocale();
const { start } = await import("./start.tsx");
start();

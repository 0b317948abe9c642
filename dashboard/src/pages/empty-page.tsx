/** No project yet: the three lines that fill this page, which fills by itself once they ran. */

import { createEffect, createSignal, For, onCleanup } from "solid-js";
import { Icon } from "../app/icons.tsx";
import { createCopy } from "../app/share-button.tsx";
import { themeVersion } from "../app/theme.ts";
import { chartTheme } from "../charts/chart-theme.ts";

/** Code in pieces: a kind of word (k: keyword, s: string, v: number, o: other), then its text. */
type Piece = readonly ["" | "k" | "s" | "v" | "o", string];

const TYPESCRIPT: readonly Piece[] = [
  ["k", "import"],
  ["o", " * as "],
  ["", "trackio "],
  ["k", "from"],
  ["s", ' "trackio"'],
  ["", ";\n\ntrackio."],
  ["k", "init"],
  ["", "({ project: "],
  ["s", '"my_project"'],
  ["", " });\ntrackio."],
  ["k", "log"],
  ["", "({ loss: "],
  ["v", "0.05"],
  ["", " });\ntrackio."],
  ["k", "finish"],
  ["", "();"],
];

const PYTHON: readonly Piece[] = [
  ["k", "import"],
  ["", " trackio\n\ntrackio."],
  ["k", "init"],
  ["", "(project="],
  ["s", '"my_project"'],
  ["", ")\ntrackio."],
  ["k", "log"],
  ["", "({"],
  ["s", '"loss"'],
  ["", ": "],
  ["v", "0.05"],
  ["", "})\ntrackio."],
  ["k", "finish"],
  ["", "()"],
];

const LANGUAGES = [
  ["TypeScript", TYPESCRIPT],
  ["Python", PYTHON],
] as const;

export function EmptyPage() {
  const [language, setLanguage] = createSignal(0);
  const code = () => LANGUAGES[language()]![1];
  const [isCopied, copy] = createCopy(() =>
    code()
      .map((piece) => piece[1])
      .join(""),
  );
  return (
    <div class="scroll">
      <div class="empty">
        <div class="first">
          <h1>No project yet</h1>
          <p>
            Log a first number from a script on this machine. The chart appears here by itself;
            leave the page open.
          </p>
          <div class="subtabs" role="tablist" aria-label="Language of the script">
            <For each={LANGUAGES}>
              {([name], index) => (
                <button
                  type="button"
                  role="tab"
                  aria-selected={language() === index()}
                  onClick={() => setLanguage(index())}
                >
                  {name}
                </button>
              )}
            </For>
          </div>
          <div class="code-frame">
            <pre class="code">
              <For each={code()}>{([kind, text]) => <span class={kind}>{text}</span>}</For>
            </pre>
            <button type="button" class="btn quiet copy" onClick={() => void copy()}>
              <Icon name="copy" />
              <span aria-live="polite">{isCopied() ? "Copied" : "Copy"}</span>
            </button>
          </div>
          <WaitingChart />
          <div class="more">
            <p>
              <b>Other folder?</b>
              Set <span class="mono">TRACKIO_DIR</span> before{" "}
              <span class="mono">trackio show</span>. <span class="mono">trackio status</span>{" "}
              prints the folder in use.
            </p>
            <p>
              <b>Script on another machine?</b>
              Pass <span class="mono">serverUrl</span> to <span class="mono">init</span> (
              <span class="mono">server_url</span> in Python): the link that{" "}
              <span class="mono">trackio show</span> prints.
            </p>
            <p>
              <b>Just looking?</b>
              <span class="mono">npm run demo</span> in the package's repository trains a small
              network and fills this page in a minute.
            </p>
          </div>
        </div>
      </div>
    </div>
  );
}

/** The frame of the chart to come: axes, and the point where its line will begin. */
function WaitingChart() {
  let box!: HTMLDivElement;
  let canvas!: HTMLCanvasElement;
  createEffect(() => {
    themeVersion();
    const draw = () => drawWaiting(canvas, box.clientWidth, box.clientHeight);
    const observer = new ResizeObserver(draw);
    observer.observe(box);
    onCleanup(() => observer.disconnect());
  });
  return (
    <div class="wait" ref={box} aria-hidden="true">
      <span>loss</span>
      <canvas ref={canvas} />
    </div>
  );
}

function drawWaiting(canvas: HTMLCanvasElement, width: number, height: number): void {
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  if (!context) return;
  const theme = chartTheme();
  const [left, top, bottom] = [6, 24, height - 20];
  context.scale(devicePixelRatio, devicePixelRatio);
  const hairline = (y: number, color: string) => {
    context.strokeStyle = color;
    context.beginPath();
    context.moveTo(left, Math.round(y) + 0.5);
    context.lineTo(width, Math.round(y) + 0.5);
    context.stroke();
  };
  for (let row = 0; row < 4; row += 1) hairline(top + ((bottom - top) * row) / 4, theme.grid);
  hairline(bottom, theme.line2);
  context.fillStyle = theme.ink3;
  context.font = theme.font;
  context.textBaseline = "middle";
  context.textAlign = "center";
  context.fillText("0", left, height - 8);
  context.textAlign = "right";
  context.fillText("step", width, height - 8);
  for (const [radius, color] of [
    [4.5, theme.background],
    [3, theme.accent],
  ] as const) {
    context.beginPath();
    context.arc(left, bottom + 0.5, radius, 0, 7);
    context.fillStyle = color;
    context.fill();
  }
}

/** A page that trains, as somebody would write it; the tests talk to it by `window.lab`. */

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import * as trackio from "../../src/sdk/browser/index.ts";

export interface Lab {
  readonly trackio: typeof trackio;
  readonly tf: typeof tf;
  /** Fits a line, and logs how that goes. */
  train(serverUrl: string, epochs: number): Promise<trackio.BrowserReport>;
}

async function train(serverUrl: string, epochs: number): Promise<trackio.BrowserReport> {
  await tf.setBackend("cpu");
  const run = trackio.init({
    project: "in-page",
    name: "line",
    config: { lr: 0.1, optimizer: "sgd" },
    serverUrl,
  });
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });
  const xs = tf.tensor2d([[-1], [0], [1], [2]]);
  const ys = tf.tensor2d([[-3], [-1], [1], [3]]);
  await model.fit(xs, ys, {
    epochs,
    verbose: 0,
    callbacks: {
      onEpochEnd: async (epoch, logs) => {
        run.log({ train: { loss: logs?.loss as number }, epoch });
      },
    },
  });
  const [weight, bias] = model.getWeights().map((tensor) => tensor.dataSync()[0] as number);
  run.log({
    line: new trackio.Image(drawLine(weight as number, bias as number), { caption: "fit" }),
  });
  run.log({
    points: new trackio.Table([
      { x: -1, y: -3 },
      { x: 2, y: 3, note: "last" },
    ]),
  });
  run.summary.set({ weight, bias });
  return await run.finish();
}

function drawLine(weight: number, bias: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = 64;
  canvas.height = 48;
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, 64, 48);
  context.strokeStyle = "#06c";
  context.beginPath();
  context.moveTo(0, 24 - 8 * bias);
  context.lineTo(64, 24 - 8 * (2 * weight + bias));
  context.stroke();
  return canvas;
}

(window as unknown as { lab: Lab }).lab = { trackio, tf, train };

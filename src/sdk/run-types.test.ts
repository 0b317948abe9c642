import { expect, test } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import * as trackio from "./index.ts";
import { readRun } from "./testing/on-disk.ts";

interface Config {
  lr: number;
  optimizer: "adam" | "sgd";
}

interface Metrics {
  loss: number;
  train: { acc: number };
}

// The compiler is the judge of this test: each line marked as an error has to be one.
test("a run is typed by its config and its metrics", async () => {
  const folder = temporaryFolder();
  const config: Config = { lr: 0.1, optimizer: "adam" };
  const run = trackio.init<Config, Metrics>({
    project: "p",
    config,
    dir: folder.root,
    mode: "disabled",
  });

  run.log({ loss: 1 });
  run.log({ train: { acc: 0.5 } }, { step: 3n, time: new Date() });
  run.log({ loss: undefined });
  // @ts-expect-error no such metric
  run.log({ los: 1 });
  // @ts-expect-error a metric of another type
  run.log({ loss: "low" });
  // @ts-expect-error steps are numbers
  run.log({ loss: 1 }, { step: "3" });

  const lr: number = run.config.lr;
  run.config.set({ optimizer: "sgd" });
  // @ts-expect-error no such choice
  run.config.set({ optimizer: "lion" });
  // @ts-expect-error no such key
  run.config.set({ momentum: 1 });
  run.summary.set({ best: 0.9 });
  run.summary.best = 1;

  // @ts-expect-error a run without a project
  const withoutProject = () => trackio.init({ name: "n" });
  // @ts-expect-error a misspelt option
  const misspelt = () => trackio.init({ project: "p", projcet: "q" });
  expect([withoutProject, misspelt].map((call) => typeof call)).toEqual(["function", "function"]);
  expect(lr).toBe(0.1);
  await run.finish();
});

test("without types of its own a run takes whatever can be kept", async () => {
  const folder = temporaryFolder();
  const run = trackio.init({ project: "p", config: { lr: 0.1, layers: [1, 2] }, dir: folder.root });
  const lr: number = run.config.lr;
  const history: { loss: number }[] = [{ loss: 1 }];
  run.log({
    lr,
    history,
    when: new Date(0),
    weights: Float32Array.of(1),
    nested: { a: { b: 1n } },
    none: null,
  });
  const metrics: Metrics = { loss: 1, train: { acc: 0.5 } };
  run.log(metrics);
  const logs: { readonly [key: string]: number } | undefined = { loss: 1 };
  trackio.log({ loss: logs?.loss });
  // @ts-expect-error a function cannot be kept
  trackio.log({ f: () => 1 });
  // @ts-expect-error a symbol cannot be kept, at any depth
  trackio.log({ deep: [{ s: Symbol("s") }] });
  // @ts-expect-error a number has no name
  const withoutName = () => trackio.log(5);
  const report: trackio.RunReport = await trackio.finish();
  expect([report.recordCount, typeof withoutName]).toEqual([5, "function"]);
  expect(readRun(folder).rows[0]).toMatchObject({ lr: 0.1, "nested/a/b": 1n, none: null });
});

test("pictures, videos, sounds and tables are typed, alone and within values", async () => {
  interface Samples {
    loss: number;
    sample: trackio.Image;
    wrong: readonly trackio.Image[];
  }
  const options = { project: "p", mode: "disabled" } as const;
  const run = trackio.init<object, Samples>(options);
  const image = new trackio.Image("a.png", { caption: "c" });
  const video: trackio.Video = trackio.Video({ value: "a.mp4", fps: 30 });
  run.log({ loss: 1, sample: image, wrong: [image] });
  // @ts-expect-error a video is no picture
  run.log({ sample: video });
  trackio.init(options);
  const table = new trackio.Table([{ text: "a", picture: image }]);
  trackio.log({ image, list: [image, video], deep: { audio: trackio.Audio("a.wav"), table } });
  // @ts-expect-error a function cannot be kept, also beside a picture
  trackio.log({ image, f: () => 1 });
  // @ts-expect-error a number is no picture
  trackio.Image(5);
  // @ts-expect-error no such format
  trackio.Image("a.png", { format: "tiff" });
  // @ts-expect-error a rate is a number
  trackio.Video("a.mp4", { fps: "30" });
  // @ts-expect-error a file has a path
  trackio.save(5);
  const saved: readonly trackio.SavedFile[] = trackio.save("a.png");
  expect([image instanceof trackio.Image, saved]).toEqual([true, []]);
  await trackio.finish();
});

/**
 * The guide of Trackio for Python, section by section, in TypeScript: the same
 * calls with the same values in the same order. Run it, then `npx trackio show`.
 */

import { join } from "node:path";
import * as trackio from "trackio";
import { randint } from "./randint.ts";

/** Where the guide's "path/to/image.png" lies. */
const here = import.meta.dirname;

// Initialization: the project is made where it is new, and a run begins.
trackio.init({ project: "my_project" });
await trackio.finish();

// Naming your run
trackio.init({ project: "my_project", name: "my_first_run" });

// Logging data: each call is the next step, several metrics go together.
trackio.log({ loss: 0.05 });
trackio.log({ loss: 0.05, accuracy: 0.95 });

// Logging tables: a data frame, or columns like one.
const df = {
  prompt: ["Trackio", "Logging is"],
  completion: ["is great!", "easy and fun!"],
  reward: [0.123, 0.456],
};
trackio.log({ texts: new trackio.Table({ dataframe: df }) });

// Logging images: from a path here; numbers, tensors, canvases do as well.
trackio.log({
  image: new trackio.Image({
    value: join(here, "path/to/image.png"),
    caption: "Image caption",
  }),
});

// Logging videos: frames × channels × height × width, uint8.
const frames = randint(0, 255, 10 * 3 * 64 * 64);
const video = new trackio.Video(frames, {
  shape: [10, 3, 64, 64],
  caption: "Random video",
  fps: 30,
});
trackio.log({ my_video: video });

// A batch of videos is tiled into a grid.
const batchFrames = randint(0, 255, 3 * 10 * 3 * 64 * 64);
const batchVideo = new trackio.Video(batchFrames, {
  shape: [3, 10, 3, 64, 64],
  caption: "Batch of videos",
  fps: 15,
});
trackio.log({ batch_videos: batchVideo });

const fileVideo = new trackio.Video(join(here, "path/to/video.mp4"), {
  caption: "Video from file",
});
trackio.log({ file_video: fileVideo });

// Finishing a run
await trackio.finish();

// Resuming a run: the same project and name.
trackio.init({ project: "my_project", name: "my_first_run", resume: "must" });
trackio.log({ loss: 0.04 });
await trackio.finish();

// Tracking configuration
trackio.init({
  project: "my_project",
  name: "my_first_run",
  config: { learning_rate: 0.001, batch_size: 32 },
});
await trackio.finish();

/** What `lazyMedia()` loads: all that a script without media never needs. */

export { audioToRef } from "./audio-to-ref.ts";
export { imageToRef } from "./image-to-ref.ts";
export { RunMediaKeeper } from "./run-media-keeper.ts";
export { findFilesToSave, keepSavedFile } from "./saved-files.ts";
export { startMaker } from "./start-maker.ts";
export { videoToRef } from "./video-to-ref.ts";

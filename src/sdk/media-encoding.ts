/** What `lazyMedia()` loads: all that a script without media never needs. */

export { audioToRef } from "./media/audio-to-ref.ts";
export { imageToRef } from "./media/image-to-ref.ts";
export { videoToRef } from "./media/video-to-ref.ts";
export { RunMediaKeeper } from "./run-media-keeper.ts";
export { findFilesToSave, keepSavedFile } from "./saved-files.ts";
export { startMaker } from "./start-maker.ts";

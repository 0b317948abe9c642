/** One bar for all videos of a section: they play, stop and move in step. */

import { For } from "solid-js";
import { Icon } from "../app/icons.tsx";
import { type PlayGroup, SPEEDS } from "./play-group.ts";
import { formatPlayTime } from "./video-tile.tsx";

export function PlayBar(props: {
  readonly group: PlayGroup;
  /** Frames a second of the first video that says so. */
  readonly fps: number | undefined;
  /** The section has one video: nothing is in step with it. */
  readonly isAlone: boolean;
}) {
  const { isPlaying, time, duration, isLooping, speed, count } = props.group;
  const isOff = () => duration() === 0;
  const toggle = () => (isPlaying() ? props.group.pause() : props.group.play());
  const word = () => {
    const verb = isPlaying() ? "Pause" : "Play";
    return props.isAlone ? verb : `${verb} all`;
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row
    <div
      class="play-bar"
      role="group"
      aria-label={props.isAlone ? "The video" : "All videos in step"}
    >
      <button
        type="button"
        class="btn"
        disabled={isOff()}
        title={props.isAlone ? word() : `${word()} ${count()} in step`}
        onClick={toggle}
      >
        <Icon name={isPlaying() ? "pause" : "play"} />
        {word()}
      </button>
      <button
        type="button"
        class="icon"
        disabled={isOff()}
        aria-label="One frame back"
        title="One frame back"
        onClick={() => props.group.step(-1, props.fps)}
      >
        <Icon name="left" />
      </button>
      <button
        type="button"
        class="icon"
        disabled={isOff()}
        aria-label="One frame on"
        title="One frame on"
        onClick={() => props.group.step(1, props.fps)}
      >
        <Icon name="right" />
      </button>
      <span class="slider">
        <span class="rail" style={{ "--p": duration() > 0 ? time() / duration() : 0 }}>
          <input
            type="range"
            min="0"
            max={duration()}
            step="any"
            value={time()}
            disabled={isOff()}
            aria-label={props.isAlone ? "Time in the video" : "Time in all videos"}
            aria-valuetext={`${formatPlayTime(time())} of ${formatPlayTime(duration())}`}
            onInput={(event) => props.group.seek(event.currentTarget.valueAsNumber)}
          />
        </span>
        <span class="dim">
          {formatPlayTime(time())} / {formatPlayTime(duration())}
        </span>
      </span>
      <button
        type="button"
        class="icon"
        aria-pressed={isLooping()}
        aria-label="Begin again at the end"
        title="Begin again at the end"
        onClick={() => props.group.setLooping(!isLooping())}
      >
        <Icon name="loop" />
      </button>
      <label class="value-choice">
        <select
          aria-label="Speed"
          value={speed()}
          onChange={(event) => props.group.setSpeed(Number(event.currentTarget.value))}
        >
          <For each={SPEEDS}>
            {(one) => (
              <option value={one} selected={one === speed()}>
                {one} ×
              </option>
            )}
          </For>
        </select>
        <Icon name="down" />
      </label>
    </div>
  );
}

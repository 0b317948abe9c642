/** A few choices side by side; arrow keys move between them. */

import { For } from "solid-js";

interface ChoicesProps<T> {
  readonly label: string;
  /** Undefined: none of them. */
  readonly value: T | undefined;
  readonly choices: readonly (readonly [T, string])[];
  readonly choose: (value: T) => void;
}

export function Choices<T extends string | number | boolean>(props: ChoicesProps<T>) {
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const at = props.choices.findIndex(([value]) => value === props.value);
    const next = (at + move + props.choices.length) % props.choices.length;
    props.choose(props.choices[next]![0]);
    (event.currentTarget.children[next] as HTMLElement).focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row of a toolbar
    <span class="seg" role="group" aria-label={props.label} onKeyDown={onKeyDown}>
      <For each={props.choices}>
        {([value, text]) => (
          <button
            type="button"
            aria-pressed={value === props.value}
            onClick={() => props.choose(value)}
          >
            {text}
          </button>
        )}
      </For>
    </span>
  );
}

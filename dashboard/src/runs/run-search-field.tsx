/** The field that searches runs by name or regular expression; a bad one is told below it. `/` focuses it, Esc clears it, then leaves. */

import { Icon } from "../app/icons.tsx";

export function RunSearchField(props: {
  readonly text: string;
  /** What is wrong with the text; undefined where nothing is. */
  readonly problem: string | undefined;
  /** Whether the problem floats below the field instead of taking a line of its own. */
  readonly isProblemBelow?: boolean;
  readonly onText: (text: string) => void;
}) {
  return (
    <>
      <label class={`field ${props.problem ? "bad" : ""}`}>
        <Icon name="search" />
        <input
          placeholder="Search runs"
          aria-label="Search runs by name or regular expression"
          aria-invalid={props.problem !== undefined}
          aria-describedby="run-search-problem"
          data-slash
          value={props.text}
          onInput={(event) => props.onText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            if (props.text === "") event.currentTarget.blur();
            props.onText("");
          }}
        />
        <kbd>/</kbd>
      </label>
      <p
        id="run-search-problem"
        class={`field-problem ${props.isProblemBelow ? "below" : ""}`}
        aria-live="polite"
      >
        {props.problem}
      </p>
    </>
  );
}

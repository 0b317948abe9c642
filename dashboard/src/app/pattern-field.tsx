/**
 * A field that narrows a list by name or regular expression. A pattern that is
 * none is told below it. `/` focuses it, Esc clears it, then leaves.
 */

import type { JSX } from "solid-js";
import { Icon, type IconName } from "./icons.tsx";

export interface PatternFieldProps {
  readonly icon: IconName;
  readonly placeholder: string;
  readonly label: string;
  /** Unique in the page: names the place where the problem is told. */
  readonly problemId: string;
  readonly text: string;
  /** What is wrong with the text; undefined where nothing is. */
  readonly problem: string | undefined;
  /** Whether the problem floats below the field instead of taking a line of its own. */
  readonly isProblemBelow: boolean;
  readonly onText: (text: string) => void;
  /** Behind the text. */
  readonly children?: JSX.Element;
}

export function PatternField(props: PatternFieldProps) {
  return (
    <>
      <label class={`field ${props.problem ? "bad" : ""}`}>
        <Icon name={props.icon} />
        <input
          placeholder={props.placeholder}
          aria-label={props.label}
          aria-invalid={props.problem !== undefined}
          aria-describedby={props.problemId}
          data-slash
          value={props.text}
          onInput={(event) => props.onText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            if (props.text === "") event.currentTarget.blur();
            props.onText("");
          }}
        />
        {props.children}
      </label>
      <p
        id={props.problemId}
        class={`field-problem ${props.isProblemBelow ? "below" : ""}`}
        aria-live="polite"
      >
        {props.problem}
      </p>
    </>
  );
}

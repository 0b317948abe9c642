/** The field that searches runs by name or regular expression. */

import { PatternField } from "../app/pattern-field.tsx";

export function RunSearchField(props: {
  readonly text: string;
  /** What is wrong with the text; undefined where nothing is. */
  readonly problem: string | undefined;
  /** Whether the problem floats below the field instead of taking a line of its own. */
  readonly isProblemBelow?: boolean;
  readonly onText: (text: string) => void;
}) {
  return (
    <PatternField
      icon="search"
      placeholder="Search runs"
      label="Search runs by name or regular expression"
      problemId="run-search-problem"
      text={props.text}
      problem={props.problem}
      isProblemBelow={props.isProblemBelow === true}
      onText={props.onText}
    >
      <kbd>/</kbd>
    </PatternField>
  );
}

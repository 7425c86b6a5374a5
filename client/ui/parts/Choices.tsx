/** Radio buttons, or checkboxes, as cards, each with a line that says what it means; the first is the default. Part of a form. */
import styles from './Choices.module.css';

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint: string;
}

export function Choices({
  name,
  label,
  choices,
  type = 'radio',
}: {
  name: string;
  label: string;
  choices: readonly Choice[];
  type?: 'radio' | 'checkbox';
}) {
  return (
    <fieldset className={styles.choices} aria-label={label}>
      {choices.map(({ value, label, hint }, index) => (
        <label key={value} className={styles.choice}>
          <input type={type} name={name} value={value} defaultChecked={index === 0} />
          <span>
            {label}
            <span className={styles.hint}>{hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

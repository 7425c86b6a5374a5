/** Radio buttons as a row of pills, for a few short words that exclude each other. */
import styles from './Pills.module.css';

export function Pills<Value extends string>({
  name,
  label,
  options,
  value,
  onChange,
}: {
  name: string;
  /** For who does not see what stands above. */
  label?: string;
  options: readonly (readonly [Value, string])[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  return (
    <div className={styles.pills} role="radiogroup" aria-label={label}>
      {options.map(([each, words]) => (
        <label key={each} className={styles.pill}>
          <input type="radio" name={name} checked={value === each} onChange={() => onChange(each)} />
          {words}
        </label>
      ))}
    </div>
  );
}

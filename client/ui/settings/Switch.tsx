/** One thing that is on or off, with a line that says what it means. */
import styles from './Settings.module.css';

export function Switch({
  id,
  label,
  hint,
  isOn,
  isDisabled = false,
  onTurn,
}: {
  /** Unlike all others in the dialog. */
  id: string;
  label: string;
  /** May change: it is said then. */
  hint: string;
  isOn: boolean;
  isDisabled?: boolean;
  onTurn: (isOn: boolean) => void;
}) {
  return (
    <label className={styles.setting}>
      <span>
        {label}
        <span id={`setting-${id}`} className={styles.hint} role="status">
          {hint}
        </span>
      </span>
      <input
        type="checkbox"
        aria-label={label}
        aria-describedby={`setting-${id}`}
        checked={isOn}
        disabled={isDisabled}
        onChange={(event) => onTurn(event.target.checked)}
      />
    </label>
  );
}

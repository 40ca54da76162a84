interface Props {
  label: string;
  value: string;
  onText(text: string): void;
  mode?: 'text' | 'decimal' | 'numeric';
  disabled?: boolean;
}

/** A line of text with its label above. */
export function Field({ label, value, onText, mode = 'text', disabled = false }: Props) {
  return (
    <label className="grid content-end gap-1 text-[0.8125rem] text-soft">
      {label}
      <input
        className="field text-[0.9375rem]"
        autoComplete="off"
        inputMode={mode}
        value={value}
        disabled={disabled}
        onChange={(event) => onText(event.target.value)}
      />
    </label>
  );
}

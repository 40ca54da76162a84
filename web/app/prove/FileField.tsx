interface Props {
  name: string;
  accept: string;
  testId: string;
  disabled?: boolean;
  onFile(file: File | undefined): void;
}

/** Takes one file, which stays in the browser. */
export function FileField({ name, accept, testId, disabled, onFile }: Props) {
  return (
    <label className="grid gap-1">
      <span className="text-[0.8125rem] text-soft">{name}</span>
      <input
        type="file"
        accept={accept}
        data-testid={testId}
        disabled={disabled}
        onChange={(event) => onFile(event.target.files?.[0])}
        className="min-w-0 text-soft file:mr-3 file:min-h-9 file:rounded-[3px] file:border file:border-solid file:border-rule file:bg-paper file:px-3 file:text-ink"
      />
    </label>
  );
}

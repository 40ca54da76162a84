import type { ReactNode } from 'react';

interface Props {
  name: string;
  value: string;
  disabled?: boolean;
  onChange(value: string): void;
  children: ReactNode;
}

export function Select({ name, value, disabled, onChange, children }: Props) {
  return (
    <label className="grid content-end gap-1 text-[0.8125rem] text-soft">
      {name}
      <select
        className="field text-[0.9375rem]"
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value)}
      >
        {children}
      </select>
    </label>
  );
}

interface NumberProps {
  name: string;
  value: number;
  values: number[];
  disabled: boolean;
  onChange(value: number): void;
}

export function NumberSelect({ name, value, values, disabled, onChange }: NumberProps) {
  return (
    <Select name={name} value={String(value)} disabled={disabled} onChange={(text) => onChange(Number(text))}>
      {values.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </Select>
  );
}

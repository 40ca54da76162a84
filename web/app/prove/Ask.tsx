'use client';

import { useState } from 'react';

/** An action that asks once more before it happens. */
export function Ask({
  name,
  question,
  yes,
  disabled = false,
  onYes,
}: {
  name: string;
  question: string;
  yes: string;
  disabled?: boolean;
  onYes(): void;
}) {
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <button type="button" className="link" disabled={disabled} onClick={() => setAsking(true)}>
        {name}
      </button>
    );
  }
  return (
    <fieldset className="flex flex-wrap items-baseline gap-x-4 gap-y-2">
      <legend className="sr-only">{name}</legend>
      <span>{question}</span>
      <button
        type="button"
        className="button"
        disabled={disabled}
        onClick={() => {
          setAsking(false);
          onYes();
        }}
      >
        {yes}
      </button>
      <button type="button" className="link" onClick={() => setAsking(false)}>
        Keep it
      </button>
    </fieldset>
  );
}

'use client';

import { useEffect, useState } from 'react';

/** Copies a text, or the address of a path of this site; says so for a moment. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      title={`Copy ${what}`}
      aria-label={`Copy ${what}`}
      onClick={() =>
        navigator.clipboard.writeText(text.startsWith('/') ? location.origin + text : text).then(
          () => setCopied(true),
          () => undefined,
        )
      }
      className="inline-grid size-7 shrink-0 place-items-center rounded-[3px] text-soft align-middle hover:bg-sunk hover:text-ink"
    >
      <svg
        viewBox="0 0 16 16"
        width="14"
        height="14"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      >
        {copied ? <path d="m2.5 8.5 3.5 4 7.5-9" /> : <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />}
      </svg>
      <span aria-live="polite" className="sr-only">
        {copied ? 'Copied' : ''}
      </span>
    </button>
  );
}

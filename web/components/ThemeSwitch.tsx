'use client';

import { useState } from 'react';

export type Theme = 'system' | 'light' | 'dark';

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const NAMES: Record<Theme, string> = { system: 'as the system', light: 'light', dark: 'dark' };

/** Light, dark, or as the system says. Kept in a cookie, so that the server's first picture is right. */
export function ThemeSwitch({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  const change = () => {
    const next = NEXT[theme];
    setTheme(next);
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet
    document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
    document.documentElement.dataset.theme = next;
  };
  return (
    <button
      type="button"
      onClick={change}
      aria-label={`Colours: ${NAMES[theme]}. Change`}
      title={`Colours: ${NAMES[theme]}`}
      className="grid size-10 shrink-0 place-items-center rounded-[3px] text-soft hover:bg-sunk hover:text-ink"
    >
      <svg
        viewBox="0 0 20 20"
        width="18"
        height="18"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      >
        <circle cx="10" cy="10" r="6.5" />
        {theme === 'system' && <path d="M10 3.5a6.5 6.5 0 0 1 0 13Z" fill="currentColor" />}
        {theme === 'dark' && <circle cx="10" cy="10" r="6.5" fill="currentColor" />}
      </svg>
    </button>
  );
}

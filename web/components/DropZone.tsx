'use client';

import { type DragEvent, type ReactNode, useId, useRef, useState } from 'react';
import { count } from '../lib/format.ts';

interface Props {
  title: string;
  accept: string;
  /** bytes; larger files are refused unread */
  limit: number;
  /** why no other file can be taken now */
  closed?: string;
  children?: ReactNode;
  onText(text: string, name: string): void;
  /** a file was refused: whatever an earlier one led to is no longer what was chosen */
  onProblem(words: { title: string; hint?: string }): void;
}

/** Takes one text file, dropped or chosen. */
export function DropZone({ title, accept, limit, closed, children, onText, onProblem }: Props) {
  const id = useId();
  const [over, setOver] = useState(false);
  const latest = useRef<File>(undefined);
  const take = async (file: File | undefined) => {
    if (!file || closed) return;
    latest.current = file;
    if (file.size > limit) {
      return onProblem({
        title: 'The file is too large to be what is wanted here.',
        hint: `It has ${count(file.size)} bytes.`,
      });
    }
    const text = await file.text().catch(() => undefined);
    // Another one was chosen meanwhile, and only that one counts.
    if (latest.current !== file) return;
    if (text === undefined) onProblem({ title: 'The file cannot be read.' });
    else onText(text, file.name);
  };
  const onDrag = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type === 'dragover');
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the input inside is the first
    <div
      onDragOver={onDrag}
      onDragLeave={onDrag}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files[0]);
      }}
      className={`relative rounded-[4px] border border-dashed p-6 transition-colors sm:p-8 ${over ? 'border-mark bg-mark/8' : 'border-rule bg-sheet'}`}
    >
      <label htmlFor={id} className="title block text-xl">
        {title}
      </label>
      <div className="mt-1 mb-4 max-w-[56ch] text-soft">{children}</div>
      <input
        id={id}
        type="file"
        accept={accept}
        disabled={closed !== undefined}
        data-testid="file"
        onChange={(event) => {
          void take(event.target.files?.[0]);
          event.target.value = '';
        }}
        className="block w-full cursor-pointer text-soft file:mr-4 file:min-h-10 file:cursor-pointer file:rounded-[3px] file:border file:border-solid file:border-rule file:bg-paper file:px-4 file:font-medium file:text-ink hover:file:border-ink"
      />
      {closed && <p className="mt-3 text-soft">{closed}</p>}
    </div>
  );
}

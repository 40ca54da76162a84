import type { ReactNode } from 'react';
import { Hash } from './Identity.tsx';

interface Props {
  /** what it is */
  kind: string;
  title: ReactNode;
  /** id or address, and what to call it */
  id: string;
  what: string;
  /** the same as JSON */
  json: string;
  /** below the id */
  children?: ReactNode;
  /** buttons */
  actions?: ReactNode;
}

/** The head of the page of one thing. */
export function EntityHead({ kind, title, id, what, json, children, actions }: Props) {
  return (
    <div className="border-b border-line">
      <div className="mx-auto max-w-7xl px-4 pt-10 pb-9 sm:px-6 md:pt-14">
        <p className="legend">{kind}</p>
        <h1 className="title mt-2 text-[clamp(1.75rem,4vw,3rem)] break-words">{title}</h1>
        <p className="mt-2 text-soft">
          <Hash value={id} what={what} />
        </p>
        {children && <div className="mt-3 max-w-[72ch] text-soft">{children}</div>}
        <div className="mt-5 flex flex-wrap gap-3">
          {actions}
          <a className="button" href={json}>
            JSON
          </a>
        </div>
      </div>
    </div>
  );
}

/** The parts of such a page in two columns. */
export function EntityColumns({ left, right }: { left: ReactNode; right: ReactNode }) {
  return (
    <div className="mx-auto grid max-w-7xl gap-14 px-4 pt-12 sm:px-6 lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
      <div className="grid min-w-0 content-start gap-14">{left}</div>
      <div className="grid min-w-0 content-start gap-14">{right}</div>
    </div>
  );
}

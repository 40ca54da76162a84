import type { ReactNode } from 'react';

/** A part of a page with its heading and, at the right, where it goes on. */
export function Section({
  title,
  aside,
  children,
  id,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  id?: string;
}) {
  return (
    <section aria-label={title} id={id} className="min-w-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 border-b border-ink pb-2">
        <h2 className="title text-[1.375rem]">{title}</h2>
        {aside && <div className="text-soft">{aside}</div>}
      </div>
      {children}
    </section>
  );
}

/** A page's head: name, sentence, and what stands beside it. */
export function PageHead({ title, children, aside }: { title: string; children?: ReactNode; aside?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-7xl flex-wrap items-end justify-between gap-x-10 gap-y-5 px-4 pt-10 pb-8 sm:px-6 md:pt-14">
      <div className="min-w-0">
        <h1 className="title text-[clamp(2rem,4vw,3rem)]">{title}</h1>
        {children && <div className="mt-3 max-w-[64ch] text-[1.0625rem] text-soft">{children}</div>}
      </div>
      {aside}
    </div>
  );
}

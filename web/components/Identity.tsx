import Link from 'next/link';
import type { Named } from '../lib/chain/types.ts';
import { networkLabel, short } from '../lib/format.ts';
import { benchmarkName, givenName } from '../lib/names.ts';
import { proquint } from '../lib/proquint.ts';
import { Copy } from './Copy.tsx';
import { KindSymbol } from './KindSymbol.tsx';
import { Mark } from './Mark.tsx';

/** Who an address is: a name that whoever runs this page gave, or the address. */
export function Person({ address, people }: { address: string; people: Record<string, string> }) {
  const name = people[address.toLowerCase()];
  return (
    <Link href={`/trainer/${address}`} prefetch={false} title={address} className="link whitespace-nowrap">
      {name && <span className="mr-1.5">{name}</span>}
      <span className="hash text-soft">{short(address)}</span>
    </Link>
  );
}

/** An id that leads to its page, where it has one. */
export function IdLink({ href, value }: { href?: string; value: string }) {
  const text = <span title={value}>{short(value, 8, 4)}</span>;
  if (!href) return <span className="hash">{text}</span>;
  return (
    <Link href={href} prefetch={false} className="link hash">
      {text}
    </Link>
  );
}

/** A benchmark by whatever its registrar wrote. */
export function BenchmarkLink({ benchmark }: { benchmark: { id: string; uri: string } }) {
  return <NamedLink href={`/benchmark/${benchmark.id}`} name={benchmarkName(benchmark)} />;
}

/** A link with a name that a stranger may have written. */
export function NamedLink({ href, name }: { href: string; name: string }) {
  return (
    <Link href={href} prefetch={false} className="link min-w-0 break-words">
      <bdi>{name}</bdi>
    </Link>
  );
}

/** An id or address in full where there is room, shortened where not, to be copied. */
export function Hash({ value, what, href }: { value: string; what: string; href?: string }) {
  const text = (
    <>
      <span className="hidden break-all sm:inline">{value}</span>
      <span className="sm:hidden">{short(value, 10, 8)}</span>
    </>
  );
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <span className="hash min-w-0">
        {href?.startsWith('/') ? (
          <Link className="link" href={href} prefetch={false}>
            {text}
          </Link>
        ) : href ? (
          <a className="link" href={href} rel="noreferrer">
            {text}
          </a>
        ) : (
          text
        )}
      </span>
      <Copy text={value} what={what} />
    </span>
  );
}

/** What a model is called: by its trainer, which quotation marks say, or after its id. */
export function ModelName({ model }: { model: { id: string; name?: string } }) {
  const given = givenName(model);
  return given ? <bdi title={`${proquint(model.id)}, so called by its trainer`}>“{given}”</bdi> : proquint(model.id);
}

/** A model in a line of text or a table. */
export function ModelLink({ model, mark = true }: { model: Named; mark?: boolean }) {
  const given = givenName(model);
  return (
    <Link href={`/model/${model.id}`} className="group inline-flex max-w-full min-w-0 items-center gap-2.5">
      {mark && <Mark id={model.id} size={28} className="shrink-0 text-soft transition-colors group-hover:text-mark" />}
      <span className="min-w-0">
        <span className="flex items-center gap-1.5 font-medium">
          <KindSymbol kind={model.kind} size={12} />
          <span className="link min-w-0 truncate decoration-transparent">
            <ModelName model={model} />
          </span>
        </span>
        {given && <span className="block text-[0.8125rem] whitespace-nowrap text-soft">{proquint(model.id)}</span>}
        <span className="hash block text-soft">
          {short(model.id, 8, 4)} <span className="font-sans">·</span> {networkLabel(model)}
        </span>
      </span>
    </Link>
  );
}

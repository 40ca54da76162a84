import Link from 'next/link';
import { LookedFor } from '../components/LookedFor.tsx';

export default function NotFound() {
  return (
    <div className="mx-auto grid max-w-xl gap-4 px-5 py-24">
      <p className="legend">Not found</p>
      <h1 className="title text-4xl">There is nothing here</h1>
      <LookedFor />
      <p className="text-soft">
        No model with this id is registered, or the address is wrong. A model that was just submitted appears once its
        block is read.
      </p>
      <p>
        <Link href="/tree" className="button">
          Search in the tree
        </Link>
      </p>
    </div>
  );
}

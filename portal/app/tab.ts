import type { ComponentType } from 'preact';
import type { Overview } from '../api/overview.ts';

/** What each tab is given. */
export interface TabProps {
  readonly overview: Overview;
  /** The Speech resource that is shown. */
  readonly resource: Overview['resources'][number];
  /** The part of the address behind that of the tab, without `/` at its ends: `''` for the tab itself. */
  readonly rest: string;
}

/** A tab of the page. */
export interface Tab {
  /** Its part of an address. */
  readonly id: string;
  readonly name: string;
  readonly component: ComponentType<TabProps>;
}

import type { ComponentChild } from 'preact';

export function renderToString(view: ComponentChild): string;

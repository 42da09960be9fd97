import { h, render } from 'preact';
import 'virtual:report.css';
import './style/portal.css';
import { takeToken } from './token.ts';
import { Frame } from './frame.ts';

takeToken();
const place = document.querySelector('#app');
if (place !== null) render(h(Frame, null), place);

import { h, render } from 'preact';
import 'virtual:report.css';
import './style/portal.css';
import { keepToken } from './token.ts';
import { Frame } from './frame.ts';

keepToken();
const place = document.querySelector('#app');
if (place !== null) render(h(Frame, null), place);

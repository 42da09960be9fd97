/** The style of report.html, of which the page shows the same components. */
declare module 'virtual:report.css';

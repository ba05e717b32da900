import ReactDOM from 'react-dom';
import { begin } from './host';

void begin((page, element) => ReactDOM.render(page, element));

import { createRoot } from 'react-dom/client';
import { begin } from './host';

void begin((page, element) => createRoot(element).render(page));

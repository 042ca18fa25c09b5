// Entry script of the pages that only say something.
import './uh-theme.ts';
import './uh-find.ts';
import './uh-language.ts';

// Entry script of the pages that are only read: glossary and commands.
import './uh-theme.ts';
import './uh-language.ts';
import './uh-find.ts';

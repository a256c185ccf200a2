/*
 * xml.h - text for XML 1.0.
 */
#ifndef COMPILER_XML_H
#define COMPILER_XML_H

#include <stdio.h>

/*
 * Print valid UTF-8 so that it reads back the same from an attribute in double quotes or from between
 * tags.  Characters that XML 1.0 does not have at all are replaced.
 */
void cfc_xml_put(const char *text, FILE *out);

/* name="value", with a blank before it. */
void cfc_xml_attribute(const char *name, const char *value, FILE *out);

#endif

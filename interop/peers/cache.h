/* The sessions that s2n-tls's server keeps for its clients of TLS 1.2. */
#ifndef CACHE_H
#define CACHE_H

#include <s2n.h>

/* Has the sessions of this configuration's servers kept here, in place of tickets; returns what s2n-tls does. */
int cache_enable(struct s2n_config *config);

#endif

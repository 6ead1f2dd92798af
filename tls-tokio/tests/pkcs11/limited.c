/* A PKCS#11 module that is SoftHSM but for the number of its sessions, which SoftHSM does not limit and hardware does.
   MODULE is SoftHSM's file, SESSIONS the limit. */

#include <dlfcn.h>
#include <stddef.h>

/* CK_FUNCTION_LIST: a version, and the functions in the standard's order. */
struct functions {
    unsigned char version[2];
    void *function[68];
};

enum { GET_FUNCTION_LIST = 3, OPEN_SESSION = 12, CLOSE_SESSION = 13 };
enum { OK = 0, GENERAL_ERROR = 0x05, SESSION_COUNT = 0xb1 };

static struct functions softhsm, limited;
static int sessions;

static unsigned long open_session(unsigned long slot, unsigned long flags, void *data, void *notify, unsigned long *session) {
    unsigned long (*open)(unsigned long, unsigned long, void *, void *, unsigned long *) = softhsm.function[OPEN_SESSION];
    if (__atomic_add_fetch(&sessions, 1, __ATOMIC_SEQ_CST) > SESSIONS) {
        __atomic_sub_fetch(&sessions, 1, __ATOMIC_SEQ_CST);
        return SESSION_COUNT;
    }
    return open(slot, flags, data, notify, session);
}

static unsigned long close_session(unsigned long session) {
    unsigned long (*close)(unsigned long) = softhsm.function[CLOSE_SESSION];
    unsigned long result = close(session);
    if (result == OK)
        __atomic_sub_fetch(&sessions, 1, __ATOMIC_SEQ_CST);
    return result;
}

unsigned long C_GetFunctionList(struct functions **list) {
    void *library = dlopen(MODULE, RTLD_NOW);
    unsigned long (*get)(struct functions **) = library ? dlsym(library, "C_GetFunctionList") : NULL;
    struct functions *found;
    if (!get || get(&found) != OK)
        return GENERAL_ERROR;
    softhsm = limited = *found;
    limited.function[GET_FUNCTION_LIST] = C_GetFunctionList;
    limited.function[OPEN_SESSION] = open_session;
    limited.function[CLOSE_SESSION] = close_session;
    *list = &limited;
    return OK;
}

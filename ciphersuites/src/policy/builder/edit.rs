use std::borrow::Cow;

/// A change of a list of preferences. Whatever it does, what is in a list twice stays at its first place only.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no other way to change a list")]
pub enum Edit<T> {
    /// These and no others, in this order.
    Set(Vec<T>),
    /// Of what there is these and no others, in the order that there is.
    Keep(Vec<T>),
    /// These before all others, in this order, whether they were there or not.
    Prefer(Vec<T>),
    /// These after all others; those that are there already stay where they are.
    Add(Vec<T>),
    /// None of these.
    Remove(Vec<T>),
}

impl<T: Copy + PartialEq> Edit<T> {
    pub(super) fn apply_to(self, list: &mut Cow<'static, [T]>) {
        let old = list.iter().copied();
        let new = match self {
            Self::Set(items) => items,
            Self::Keep(items) => old.filter(|item| items.contains(item)).collect(),
            Self::Prefer(items) => items.into_iter().chain(old).collect(),
            Self::Add(items) => old.chain(items).collect(),
            Self::Remove(items) => old.filter(|item| !items.contains(item)).collect(),
        };
        let mut distinct = Vec::with_capacity(new.len());
        for item in new {
            if !distinct.contains(&item) {
                distinct.push(item);
            }
        }
        *list = Cow::Owned(distinct);
    }
}

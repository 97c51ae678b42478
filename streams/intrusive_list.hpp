// A list whose links live in its elements: joining and leaving allocate nothing and cannot fail. An
// element derives from ListHook, is in one list at most, and leaves it when it is destroyed.
#pragma once

namespace streams {

class ListHook {
 public:
  ListHook() = default;
  ListHook(const ListHook&) = delete;
  ListHook& operator=(const ListHook&) = delete;

  bool is_linked() const noexcept { return next_ != this; }
  void unlink() noexcept {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = this;
  }

 protected:
  ~ListHook() { unlink(); }

 private:
  template <class Element>
  friend class IntrusiveList;

  ListHook* next_ = this;
  ListHook* previous_ = this;
};

template <class Element>
class IntrusiveList {
 public:
  bool empty() const noexcept { return !head_.is_linked(); }
  Element& front() noexcept { return static_cast<Element&>(*head_.next_); }
  void push_back(Element& element) noexcept {
    ListHook& hook = element;
    hook.next_ = &head_;
    hook.previous_ = head_.previous_;
    head_.previous_->next_ = &hook;
    head_.previous_ = &hook;
  }
  /// Calls `visit` with every element; it may remove the one it is given, and no other.
  template <class Visit>
  void for_each(Visit visit) {
    for (ListHook* hook = head_.next_; hook != &head_;) {
      ListHook* const next = hook->next_;
      visit(static_cast<Element&>(*hook));
      hook = next;
    }
  }

 private:
  struct Head : ListHook {};
  Head head_;
};

}  // namespace streams
